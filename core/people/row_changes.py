"""Changes of a table's rows, noticed whoever makes them: an admin page, a page of allauth, a command or a shell.

What goes past the rows, such as `QuerySet.update()`, goes past this, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models.signals import post_save, pre_delete, pre_save

Row = TypeVar("Row", bound=models.Model)
_KEPT = "_kept_before"


class RowChanges(Generic[Row]):
    """Tells of each saved or deleted row of a table what it was and became, in the transaction of the change.

    `tell` gets the row as it was kept before and is kept now: None before it was made, and None after it was deleted.
    `unwatched` are columns that may be saved alone without a word.
    """

    def __init__(
        self, model: type[Row], tell: Callable[[Row | None, Row | None], None], *, unwatched: frozenset[str]
    ) -> None:
        self.model, self.tell, self.unwatched = model, tell, unwatched

    def connect(self, *, unless: Callable[[Row], bool] = lambda row: False) -> None:
        """Listen from now on, save for rows of which somebody else tells."""
        self.unless = unless
        for signal, handler in ((pre_save, self._saving), (post_save, self._saved), (pre_delete, self._deleting)):
            name = f"core.people.{self.model._meta.label_lower}.{handler.__name__}"
            signal.connect(handler, sender=self.model, weak=False, dispatch_uid=name)
        # Django saves and then signals, each by itself: a change would stand whose entry could not be written.
        together = transaction.atomic(savepoint=False)
        self.model.save_base = together(self.model.save_base)  # type: ignore[method-assign] # most models are not ours

    def _saving(self, instance: Row, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
        if self._is_watched(instance, update_fields):
            setattr(instance, _KEPT, self._kept(instance))

    def _saved(self, instance: Row, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
        if self._is_watched(instance, update_fields):
            self.tell(instance.__dict__.pop(_KEPT), self._kept(instance))

    def _deleting(self, instance: Row, origin: Any, **kwargs: Any) -> None:
        if getattr(origin, "model", type(origin)) is self.model:  # else it goes with what it belongs to
            self.tell(self._kept(instance), None)

    def _is_watched(self, instance: Row, update_fields: frozenset[str] | None) -> bool:
        return not (update_fields and update_fields <= self.unwatched) and not self.unless(instance)

    def _kept(self, instance: Row) -> Row | None:
        """The row as the database has it, held: of two who save it at once, the second finds what the first wrote."""
        rows = self.model._base_manager.filter(pk=instance.pk).select_for_update(no_key=True)
        return None if instance.pk is None else rows.first()

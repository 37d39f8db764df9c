"""Amazon Bedrock: Stability's picture models behind an AWS account; the one module that imports boto3.

boto3 finds the keys, signs and reads; what it would send goes out over our own wire, which keeps a deadline for the
whole of it: boto3 limits each read alone, and an answer that drips would never end.

Facts from botocore 1.44.5 and LiteLLM 1.109.1, read 2026-11-22. Amazon's own picture models have ended (Titan in
June, Nova Canvas in September 2026). Which Stability model a region still has is asked for by `check`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from generation.providers.answers import LONGEST_SENTENCE, inside, number, objects, sentence, sentences, text
from generation.providers.base import Capabilities, Finished, ImageSpec, Picture, Provider, Secret
from generation.providers.bedrock_services import body_of, service_of
from generation.providers.egress.http import Answer, Request
from generation.providers.egress.redaction import redact
from generation.providers.encoding import decoded, encoded, readable
from generation.providers.errors import (
    BadAnswer,
    Charged,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stage,
    Unauthorized,
    Unavailable,
    Unclear,
)
from generation.providers.models import ModelSpec
from generation.providers.options import NO_KEY, setting
from generation.providers.questions import Question, question
from generation.providers.stability import Style

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

# Both come as an access that is denied, or as an invalid request; only the words tell (seen in public 2026).
_UNPAID = re.compile(r"PAYMENT_INSTRUMENT|payment (?:method|instrument)|spend(?:ing)? limit", re.IGNORECASE)
_LEGACY = re.compile(r"\bmarked .{0,40}\blegacy\b|end of (?:its )?life", re.IGNORECASE)
RECKONED = frozenset({"Content-Length", "Host"})  # headers that the wire writes itself
NO_KEY_CODES = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True)
class BedrockOptions:
    """With empty keys boto3 finds its own: the role of the machine, the usual variables and files."""

    region: str = setting(
        "BEDROCK_REGION",
        example="us-west-2",
        help="It needs boto3 (the s3 extra). Stability's services for editing are in US regions only.",
    )
    access_key_id: Secret = setting(
        "BEDROCK_ACCESS_KEY_ID", NO_KEY, help="Without keys, the machine's own AWS role is used."
    )
    secret_access_key: Secret = setting("BEDROCK_SECRET_ACCESS_KEY", NO_KEY)
    session_token: Secret = NO_KEY
    endpoint_url: str = ""  # a VPC endpoint, or a stand-in


ONE_SIDE = "Pixels; one side at least."


@dataclass(frozen=True)
class BedrockExtra:
    """What one wish may ask besides the common words; each model and service takes some of them."""

    strength: float = question(
        0.6, "Strength", "0 keeps the picture that goes along, 1 leaves it behind.", least=0, most=1, of_pictures=True
    )
    search_prompt: str = question("", "What to find", "A word or two, such as “the car”.", required=True)
    select_prompt: str = question("", "What to recolor", "A word or two, such as “the door”.", required=True)
    left: int | None = question(None, "Add on the left", ONE_SIDE, least=0, most=2000, one_of="sides")
    right: int | None = question(None, "Add on the right", ONE_SIDE, least=0, most=2000, one_of="sides")
    up: int | None = question(None, "Add at the top", ONE_SIDE, least=0, most=2000, one_of="sides")
    down: int | None = question(None, "Add at the bottom", ONE_SIDE, least=0, most=2000, one_of="sides")
    creativity: float | None = question(None, "Creativity", "0 keeps close to the picture.", least=0, most=1)
    grow_mask: int | None = question(None, "Soften the mask", "Pixels, 5 as a rule.", least=0, most=20)
    fidelity: float | None = question(None, "Fidelity", "How closely it keeps to the style.", least=0, most=1)
    control_strength: float | None = question(
        None, "Control", "How closely it keeps to the lines of the picture.", least=0, most=1
    )
    style_strength: float | None = question(None, "Style strength", "0.5 as a rule.", least=0, most=1)
    composition_fidelity: float | None = question(None, "Keep the composition", "0.9 as a rule.", least=0, most=1)
    change_strength: float | None = question(None, "Change", "0.9 as a rule.", least=0.1, most=1)
    style_preset: Style = question("", "Style")


class Bedrock(Provider):
    """One picture per call, made while the line is held; nothing can be resumed."""

    key = "bedrock"
    label = "Amazon Bedrock"
    capabilities = Capabilities(seed=True, negative=True, references=True, mask=True)
    Options = BedrockOptions
    Extra = BedrockExtra
    seeds = range(1, 4_294_967_295)  # 0 stands for "any" (AWS's pages on these models, read 2026-11-30)

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished:
        self.check_seed(spec)
        body = self.build(spec)
        with self.explained():
            answer = self._runtime.invoke_model(
                modelId=spec.model.id,
                body=json.dumps(body),
                contentType="application/json",
                accept="application/json",
                requestMetadata=json.dumps({"attempt": str(attempt)}),
            )
            data = Answer(200, {}, answer["body"].read()).facts
            return self.parse(data, spec, text(answer, "ResponseMetadata", "RequestId"), body)

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        service = service_of(model)
        taken = service.takes if service else frozenset({"strength"})
        return question if question.name in taken else None

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        service = service_of(spec.model)
        return None if service and "aspect_ratio" not in service.takes else spec.pixels

    def compose(self, spec: ImageSpec) -> str:
        """The prompt, unless it is a service that takes no words."""
        service = service_of(spec.model)
        return spec.prompt if service is None or "prompt" in service.takes else ""

    def build(self, spec: ImageSpec) -> dict[str, Any]:
        """The body for one of Stability's models or services; pure."""
        if service := service_of(spec.model):
            for words in self.amiss(spec.model, spec.extra).values():
                raise Rejected(f"{spec.model.name}: {words}", field="extra")
            return body_of(spec, service, vars(self.extras(spec)))
        body: dict[str, Any] = {"prompt": self.compose(spec), "output_format": "png"}
        if spec.negative:
            body["negative_prompt"] = spec.negative
        if spec.seed is not None:
            body["seed"] = spec.seed
        if not spec.references:
            return body | {"aspect_ratio": spec.ratio}
        body |= {"image": encoded(spec.references[0].data), "strength": self.extras(spec).strength}
        return body | ({"mode": "image-to-image"} if spec.model.settings.get("has_mode") else {})

    def parse(self, data: dict[str, Any], spec: ImageSpec, request_id: str, sent: dict[str, Any]) -> Finished:
        """What a good status means; a finish reason that is not null is a refusal all the same."""
        for reason in sentences(data, "finish_reasons"):
            raise _stopped(reason, request_id, data)
        images = inside(data, "images")
        came = list(enumerate(images)) if isinstance(images, list) else []
        pictures, problems = readable(
            came, lambda one: Picture(decoded(one[1]), number(data, "seeds", one[0])), request_id=request_id, raw=data
        )
        seed = number(data, "seeds", 0)
        return Finished(
            pictures=pictures,
            cost=self.quote(spec).amount,
            cost_basis="fixed",
            model_reported=spec.model.id,
            seed=seed,
            request_id=request_id,
            parameters_sent=redact(sent, self.secrets),
            parameters_in_effect={} if seed is None else {"seed": seed},
            raw=redact(data, self.secrets),
            warnings=(*problems, *self.lost_in(spec)),
        )

    def check(self) -> str:
        with self.explained():
            models = objects(self._catalogue.list_foundation_models(byOutputModality="IMAGE"), "modelSummaries")
        active = [one for one in models if inside(one, "modelLifecycle", "status") == "ACTIVE"]
        ending = [text(one, "modelId") for one in models if one not in active]
        words = f"Answers: {len(active)} picture models in {self.options.region}. Asking costs nothing."
        return f"{words} On their way out: {', '.join(ending)}." if ending else words

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns what boto3 raises into the closed tree, without keys."""
        from botocore import exceptions as aws  # with boto3, it comes with an extra, and is slow to load

        not_sent = (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.SSLError, aws.ProxyConnectionError)
        no_account = (aws.NoCredentialsError, aws.PartialCredentialsError, aws.TokenRetrievalError)
        try:
            yield
        except aws.ClientError as error:
            raise self._safe(explain(error.response)) from None
        except no_account as error:
            raise self._safe(Unauthorized(f"No usable AWS key was found. {error}")) from None
        except not_sent:
            raise Unavailable("No connection to Bedrock could be made; nothing was sent.") from None
        except (aws.ParamValidationError, aws.NoRegionError, ValueError) as error:
            raise self._safe(Rejected(f"The request is not one that Bedrock takes. {error}")) from None
        except (aws.BotoCoreError, OSError) as error:
            how = type(error).__name__
            raise Unclear(f"The request was sent, but the answer was lost ({how}); it may be charged.") from None
        except ProviderError as error:
            raise self._safe(error) from None

    def _safe(self, error: ProviderError) -> ProviderError:
        error.words = redact(error.words, self.secrets)
        error.args = (error.words,)
        error.raw = redact(error.raw, self.secrets)
        return error

    @cached_property
    def _runtime(self) -> Any:
        return self._service("bedrock-runtime")

    @cached_property
    def _catalogue(self) -> Any:
        return self._service("bedrock")

    def _service(self, name: str) -> Any:
        """A client that sends once: boto3's own default is up to five times, each of which may be charged."""
        import boto3  # as above
        from botocore.config import Config

        keys = (self.options.access_key_id, self.options.secret_access_key, self.options.session_token)
        access, secret, session = (key.reveal() or None for key in keys)
        client = boto3.session.Session().client(
            name,
            region_name=self.options.region,
            endpoint_url=self.options.endpoint_url or None,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            aws_session_token=session,
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.meta.events.register(f"before-send.{name}", self._carried)
        return client

    def _carried(self, request: AWSPreparedRequest, **kwargs: Any) -> AWSResponse:
        """What boto3 has signed, sent over our own wire: botocore takes the answer of this handler for its own."""
        from botocore.awsrequest import AWSResponse  # as above
        from botocore.compat import HTTPHeaders

        headers = {name: _plain(value) for name, value in request.headers.items() if name not in RECKONED}
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        answer = self.client.send(Request(request.method, request.url, headers, body=body))
        said = answer.body if answer.status < 300 else _as_object(answer)
        return AWSResponse(request.url, answer.status, HTTPHeaders.from_dict(answer.headers), _Whole(said))


def _as_object(answer: Answer) -> bytes:
    """The body of an error as a JSON object, which botocore takes every one for."""
    said = answer.excerpt
    return answer.body if isinstance(said, dict) else json.dumps({"message": str(said)[:LONGEST_SENTENCE]}).encode()


class _Whole(io.BytesIO):
    """The body of an answer that is here already, as botocore reads one."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _plain(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def explain(response: dict[str, Any]) -> ProviderError:
    """What an AWS error stands for, and how long to wait where it says so."""
    error, told = by_code(response), inside(response, "ResponseMetadata", "HTTPHeaders")
    error.retry_after = Answer(0, told if isinstance(told, dict) else {}, b"").retry_after
    return error


def by_code(response: dict[str, Any]) -> ProviderError:
    """What an AWS error code stands for; botocore takes the status for one where none is told."""
    code, said = sentence(response, "Error", "Code"), sentence(response, "Error", "Message")
    status = inside(response, "ResponseMetadata", "HTTPStatusCode") or 0
    known: dict[str, Any] = {
        "request_id": text(response, "ResponseMetadata", "RequestId"),
        "raw": {"code": code, "message": said, "status": status},
    }
    if _UNPAID.search(said):
        return OutOfMoney(f"The AWS account cannot pay for this. {said}", **known)
    if _LEGACY.search(said):
        return ModelGone(f"Bedrock does not offer this model to this account any more. {said}", **known)
    if code in NO_KEY_CODES or status in (401, 403):
        return Unauthorized(f"AWS does not accept the key, or it has no right to this model. {said}", **known)
    if code == "ResourceNotFoundException" or "model identifier is invalid" in said:
        return ModelGone(f"Bedrock does not have this model here (any more). {said}", **known)
    if code in ("ThrottlingException", "ServiceQuotaExceededException", "TooManyRequestsException", "429"):
        return RateLimited(f"Bedrock is asked too often. {said}", **known)
    if code == "ValidationException":
        # There is no code for a declined prompt; older picture models said it in these words (seen in public 2025).
        if "content filter" in said.lower():
            return Refused(f"Bedrock declined this wish. {said}", stage="input", **known)
        return Rejected(f"Bedrock did not accept the request. {said}", **known)
    if code == "ModelTimeoutException" or status in (408, 502, 504):
        return Unclear(f"Bedrock gave up waiting for the model; it may be charged. {said}", **known)
    if code in ("ServiceUnavailableException", "ModelNotReadyException", "503"):
        return Unavailable(f"Bedrock is not ready. {said}", **known)
    if code == "ModelErrorException" or status >= 500:
        return Unavailable(f"Bedrock has trouble. {said}", charged="unknown", **known)
    return Rejected(f"Bedrock did not accept the request ({code}). {said}", **known)


def _stopped(reason: str, request_id: str, data: dict[str, Any]) -> ProviderError:
    """A finish reason such as "Filter reason: prompt"; the wording is not published (seen in LiteLLM, 2026-11)."""
    said = reason.lower()
    if "filter" not in said:
        return BadAnswer(f"Bedrock could not make this picture. {reason}", request_id=request_id, raw=data)
    stage: Stage = "output" if "output" in said else "input"
    words = f"Bedrock declined {'the finished picture' if stage == 'output' else 'this wish'}. {reason}"
    charged: Charged = "unknown" if stage == "output" else "no"
    return Refused(words, stage=stage, request_id=request_id, raw=data, charged=charged)

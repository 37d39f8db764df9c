// Starts the small helpers. Pages work without any of them.
import * as carried from "./carried.js";
import * as chooser from "./chooser.js";
import * as compare from "./compare.js";
import * as copy from "./copy.js";
import * as counter from "./counter.js";
import * as dirty from "./dirty.js";
import * as dropzone from "./dropzone.js";
import * as focus from "./focus.js";
import * as follow from "./follow.js";
import * as guard from "./guard.js";
import * as keys from "./keys.js";
import * as mask from "./mask.js";
import * as menu from "./menu.js";
import * as pictures from "./pictures.js";
import * as relative from "./relative.js";
import * as seen from "./seen.js";
import * as theme from "./theme.js";
import * as typed from "./typed.js";
import * as undo from "./undo.js";
import * as uploads from "./uploads.js";

const helpers = [
  guard, theme, keys, menu, chooser, copy, counter, dropzone, uploads, dirty, relative, undo, compare, mask, focus, follow,
  seen, carried, typed, pictures,
];

for (const { start } of helpers) start?.();

const enhance = (root) => { for (const helper of helpers) helper.enhance?.(root); };

enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));

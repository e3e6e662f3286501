// What to do with a link, by its kind.

import { readOffer } from "./add.js";
import { ask } from "./consent.js";
import { problemScreen } from "./waiting.js";
import { signedIn } from "./adding.js";

const RECEIVERS = { offer: readOffer, request: ask, "signed-in": signedIn };

/** Goes on with `{ kind, link }`. */
export function receive({ kind, link }) {
  const receiver = RECEIVERS[kind];
  if (receiver) receiver(link);
  else problemScreen({ code: "link_unknown" });
}

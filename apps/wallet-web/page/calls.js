// What to do with a link, by its kind.

import { readOffer } from "./add.js";
import { ask } from "./consent.js";
import { problemScreen } from "./waiting.js";
import { signedIn } from "./adding.js";

/** Who called by a link is on this device, and waits for the holder to come back. */
const RECEIVERS = { offer: readOffer, request: (link) => ask(link, { here: true }), "signed-in": signedIn };

/** Goes on with `{ kind, link }`. */
export function receive({ kind, link }) {
  const receiver = RECEIVERS[kind];
  if (receiver) receiver(link);
  else problemScreen({ code: "link_unknown" });
}

// The scripts that this page starts beside itself: the only texts that become code (Trusted Types).

const NAMES = ["sw.js", "engine-worker.js", "engine-aside.js"];

const only = (name) => {
  if (!NAMES.includes(name)) throw new TypeError(`${name} is no script of this page`);
  return name;
};

const policy = globalThis.trustedTypes?.createPolicy("mapae", { createScriptURL: only });

/** The address of one of them, as the browser wants it. */
export const scriptUrl = (name) => (policy ? policy.createScriptURL(name) : only(name));

// Lets a verifier that reads the clock stand at another time. @auth0/mdl takes no time as an argument.

const RealDate = Date;

/** Makes `new Date()` and `Date.now()` answer `at` (RFC 3339); the real time if undefined. */
export function standAt(at) {
  globalThis.Date = RealDate;
  if (at === undefined) return;
  const fixed = RealDate.parse(at);
  if (Number.isNaN(fixed)) throw new Error(`not a time: ${at}`);
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [fixed] : args));
    }

    static now() {
      return fixed;
    }
  };
}

// Why something did not go on: a stable code, for which the page has words, and values to fill in.

export class Stopped extends Error {
  constructor(code, values = {}, detail = code) {
    super(detail);
    this.name = "Stopped";
    this.code = code;
    this.values = values;
  }

  /** As it crosses from the worker to the page. */
  static told = (problem) => (problem instanceof Stopped
    ? { code: problem.code, values: problem.values, detail: problem.message }
    : { code: "broken", values: {}, detail: String(problem?.message ?? problem) });

  static from = ({ code, values, detail }) => new Stopped(code, values, detail);
}

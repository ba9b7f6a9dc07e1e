/** A small fault that an engineer could make by mistake, and the tests that must catch it. */
export interface Mutant {
  /** Short, unique, for the command line. */
  name: string;
  /** The rule that the fault breaks, as a sentence about the product. */
  rule: string;
  /** Relative to the repository. */
  file: string;
  /** Text that must stand in the file exactly once. */
  find: string;
  replace: string;
  /** Test files, relative to the repository, of which one must fail. */
  caughtBy: string[];
}

import common from "@ts-morph/common";

/** The last TypeScript that has a programming interface, as ts-morph brings it along. */
export default common.ts;

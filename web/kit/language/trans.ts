import { Trans as LinguiTrans, type TransProps } from "@lingui/react";
import { type JSX, createElement } from "react";

/**
 * Lingui's `Trans`, which shows every value as it was typed. Lingui takes a tag within a value for an element of the text,
 * and leaves out those that it does not know. So a value with `<` goes in as an element, which is not searched for tags.
 * The macro uses this component (runtimeConfigModule in web/lingui.config.ts).
 */
export function Trans({ values, ...props }: TransProps): JSX.Element {
  const shown =
    values &&
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "string" && value.includes("<") ? [value] : value,
      ]),
    );
  return createElement(LinguiTrans, { ...props, ...(shown && { values: shown }) });
}

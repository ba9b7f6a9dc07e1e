import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Trans } from "#kit/language/trans.ts";

test.each(["<script>alert(1)</script>", "<b>Ann</b> & <i/>", "<0>Ann</0>", "a < b > c", "Ann"])(
  "The name %s is shown as it was typed, and the text's own elements stay",
  (name) => {
    i18n.loadAndActivate({ locale: "en", messages: {} });
    const message = "Dear <0>{name}</0>, hello";
    const text = createElement(Trans, {
      id: "greeting",
      message,
      values: { name },
      components: { 0: createElement("strong") },
    });
    const markup = renderToStaticMarkup(createElement(I18nProvider, { i18n }, text));
    const typed = name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    expect(markup).toBe(`Dear <strong>${typed}</strong>, hello`);
  },
);

import "#kit/ui/base.css";
import "#kit/ui/dark.css";
import "./staff.css";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "#kit/api/queries.ts";
import { provideCatalogues, speak } from "#kit/language/speak.ts";
import { LoginApp } from "#kit/session/app.ts";
import { reloadWhenRestored } from "#kit/session/shared-device.ts";
import { cssVariables, schemes, theme } from "#kit/ui/theme.ts";
import { CATALOGUES } from "./language/catalogues.ts";
import { createStaffRouter } from "./router.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");
reloadWhenRestored();

const queryClient = createQueryClient("staff");
const router = createStaffRouter(queryClient);
provideCatalogues(CATALOGUES);
// The language that the page's first script has chosen and preloaded.
await speak(document.documentElement.lang);

createRoot(root).render(
  <I18nProvider i18n={i18n}>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
    >
      <QueryClientProvider client={queryClient}>
        <LoginApp value={{ client: "staff", callbackPath: "/staff/login/callback", home: "/staff/" }}>
          <RouterProvider router={router} />
        </LoginApp>
      </QueryClientProvider>
    </MantineProvider>
  </I18nProvider>,
);

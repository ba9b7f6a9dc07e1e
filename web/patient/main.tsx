import "#kit/ui/base.css";
import "./shell.css";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "#kit/api/queries.ts";
import { provideCatalogues, speak } from "#kit/language/speak.ts";
import { LoginApp } from "#kit/session/app.ts";
import { cssVariables, theme } from "#kit/ui/theme.ts";
import { CATALOGUES } from "./language/catalogues.ts";
import { createPatientRouter } from "./router.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");

const queryClient = createQueryClient("patient");
const router = createPatientRouter(queryClient);
provideCatalogues(CATALOGUES);
// The language that the page's first script has chosen and preloaded.
await speak(document.documentElement.lang);

createRoot(root).render(
  <I18nProvider i18n={i18n}>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light">
      <QueryClientProvider client={queryClient}>
        <LoginApp value={{ client: "patient", callbackPath: "/login/callback", home: "/" }}>
          <RouterProvider router={router} />
        </LoginApp>
      </QueryClientProvider>
    </MantineProvider>
  </I18nProvider>,
);

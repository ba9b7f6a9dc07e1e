import "#kit/ui/base.css";
import "./shell.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "#kit/api/queries.ts";
import { cssVariables, theme } from "#kit/ui/theme.ts";
import { createPatientRouter } from "./router.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");

const queryClient = createQueryClient();

createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light">
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={createPatientRouter(queryClient)} />
    </QueryClientProvider>
  </MantineProvider>,
);

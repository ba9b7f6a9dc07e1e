import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

const here = new URL(".", import.meta.url).pathname;
const api = "http://127.0.0.1:8787";

/** Writes each catalogue's address into the page, so that its first script can preload the right one. */
const catalogueAddresses: Plugin = {
  name: "catalogue-addresses",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle }) =>
      html.replaceAll(/\/(?:patient|staff)\/language\/locales\/\w+\.po/g, (source) => {
        const chunks = Object.values(bundle ?? {});
        const chunk = chunks.find((one) => one.type === "chunk" && one.facadeModuleId?.endsWith(source) === true);
        return chunk ? `/${chunk.fileName}` : source;
      }),
  },
};

/** The apps are static files; the Worker serves them and adds the security headers. */
export default defineConfig({
  root: here,
  plugins: [
    lingui({
      configPath: `${here}lingui.config.ts`,
      macroTransform: true,
      failOnMissing: true,
      failOnCompileError: true,
    }),
    react(),
    catalogueAddresses,
  ],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { patient: `${here}index.html`, staff: `${here}staff/index.html` },
      // One file of what both apps load at once: many small ones wait for one another on a slow network.
      output: {
        codeSplitting: {
          groups: [
            {
              name: "shared",
              minShareCount: 2,
              test: /node_modules\/(?!oidc-client-ts)|web\/kit\/(?!board|shortcuts)/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": api, "/problems": api } },
});

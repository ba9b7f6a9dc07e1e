import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = new URL(".", import.meta.url).pathname;
const api = "http://127.0.0.1:8787";

/** The apps are plain static files: the Worker serves them and adds the security headers. */
export default defineConfig({
  root: here,
  plugins: [react()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: { input: { patient: `${here}index.html` } },
  },
  server: { proxy: { "/api": api, "/problems": api } },
});

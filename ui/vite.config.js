import { defineConfig } from "vite";

// One classic script and one style sheet, without hashes in their names: the server serves them, and a brief inlines
// them (a module script does not open from disk).
export default defineConfig({
  build: {
    outDir: "dist",
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "linepack", fileName: () => "app.js", cssFileName: "app" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});

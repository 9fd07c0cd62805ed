/** Bundles every component's script into `static/`, with elkjs's own worker, licenses, and a seal. */

import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const HERE = import.meta.dirname;

/** The scripts that `components/scripts.py` hands out, by name. */
const ENTRIES = {
  board: "src/board/main.tsx",
  charts: "src/charts/main.ts",
  diagram: "src/diagram/main.ts",
  layers_table: "src/tables/layers/main.ts",
  order_list: "src/tables/order/main.ts",
  rows_table: "src/tables/rows/main.ts",
  runs_table: "src/tables/runs/main.ts",
};

/**
 * Scripts that stand in the page itself (`components/shell/scripts.py`), without modules: nothing of
 * theirs may be left on the page, where they are run again with each drawing.
 */
const INLINE = { frame: "src/shell/frame.ts", download: "src/shell/download.ts" };

const LICENSES = [
  "@xyflow/react",
  "@xyflow/system",
  "elkjs",
  "react",
  "react-dom",
  "zustand",
  "d3-zoom",
];

/** The files that the bundle is made from, as the test that looks for a stale bundle lists them. */
function sources(): string[] {
  const own = readdirSync(join(HERE, "src"), { recursive: true, encoding: "utf-8" })
    .filter((name) => /\.(js|ts|tsx|css)$/.test(name))
    .map((name) => join("src", name));
  return [...own, "package-lock.json", "vite.config.ts"].sort();
}

/** Closes what stands in the page off from it; what looks like a tag would be taken out by Streamlit. */
function inline(): Plugin {
  return {
    name: "inline",
    generateBundle(_options, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type !== "chunk" || !(part.name in INLINE)) continue;
        part.code = `(() => {\n${part.code.replaceAll(/<(?=[\w/!])/g, "< ")}})();\n`;
      }
    },
  };
}

function seal(): Plugin {
  let folder = "";
  return {
    name: "seal",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const modules = join(HERE, "node_modules");
      copyFileSync(join(modules, "elkjs/lib/elk-worker.min.js"), join(folder, "elk-worker.min.js"));
      const texts = LICENSES.map((name) => {
        const text = readdirSync(join(modules, name)).find((file) => /^licen[sc]e/i.test(file));
        const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf-8"));
        const body = text ? readFileSync(join(modules, name, text), "utf-8").trim() : "";
        return `${name} ${version}\n\n${body}\n`;
      });
      writeFileSync(join(folder, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
      const digest = createHash("sha256");
      for (const name of sources()) digest.update(readFileSync(join(HERE, name)));
      const built = readdirSync(folder)
        .filter((name) => name.endsWith(".js"))
        .sort();
      for (const name of built) digest.update(readFileSync(join(folder, name)));
      writeFileSync(join(folder, "seal.txt"), `${digest.digest("hex")}\n`);
    },
  };
}

export default defineConfig({
  root: HERE,
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [inline(), seal()],
  build: {
    target: "es2022",
    // Browsers that know `light-dark()`, which follows the page's theme by itself.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    outDir: "static",
    emptyOutDir: true,
    lib: {
      entry: { ...ENTRIES, ...INLINE },
      formats: ["es"],
      fileName: (_format, name) => `${name}.js`,
    },
    rolldownOptions: {
      output: {
        minify: true,
        chunkFileNames: "shared-[hash].js",
      },
      onwarn(warning, warn) {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
});

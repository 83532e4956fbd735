import { join } from "node:path"

/** The file that is there when anything of the folder was run. */
export const hostileMark = "ran"

/** Fills a folder as somebody else would: everything a runtime might pick up leaves a mark. */
export const plantHostileFiles = async (folder: string) => {
  const mark = JSON.stringify(join(folder, hostileMark))
  const evil = `require("node:fs").appendFileSync(${mark}, "x"); console.log("EVIL")\n`
  const settings = `FASED_STATE_DIR=${folder}/taken\nFASED_CONFIG_PATH=${folder}/taken.json\n`
  const files: Record<string, string> = {
    "evil.cjs": evil,
    "bunfig.toml": 'preload = ["./evil.cjs"]\n[run]\npreload = ["./evil.cjs"]\n',
    ".env": `${settings}NODE_OPTIONS=--require=./evil.cjs\nBUN_OPTIONS=--preload=./evil.cjs\n`,
    ".env.local": settings,
    ".env.production": settings,
    "package.json": JSON.stringify({
      name: "fased",
      main: "evil.cjs",
      imports: { "#*": "./evil.cjs" },
      scripts: { start: "node evil.cjs" },
      dependencies: { zod: "1.0.0" },
    }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { baseUrl: ".", paths: { "*": ["./evil.cjs"] }, jsxImportSource: "zod" },
    }),
    "index.ts": evil,
    "src/main.ts": evil,
  }
  const { dependencies } = await Bun.file(join(import.meta.dir, "../../package.json")).json()
  for (const name of Object.keys(dependencies)) {
    files[`node_modules/${name}/index.js`] = evil
    files[`node_modules/${name}/package.json`] = '{"main":"index.js"}'
  }
  for (const [path, text] of Object.entries(files)) await Bun.write(join(folder, path), text)
}

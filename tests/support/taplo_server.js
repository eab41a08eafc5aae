// Asks the language server of Even Better TOML: node taplo_server.js FOLDER; the file, its text and what is asked come
// as JSON on stdin, the answers go as JSON to stdout.
const fs = require("fs");
const path = require("path");
const url = require("url");
const { TaploLsp } = require("@taplo/lsp");

const [folder] = process.argv.slice(2);
const { file, text, questions } = JSON.parse(fs.readFileSync(0, "utf8"));
const root = url.pathToFileURL(folder).href;
const uri = url.pathToFileURL(path.join(folder, file)).href;
const waiting = new Map();

const environment = {
  now: () => new Date(0),
  envVar: () => undefined,
  envVars: () => [],
  stdErrAtty: () => false,
  stdin: async () => new Uint8Array(),
  stdout: async (bytes) => bytes.length,
  stderr: async (bytes) => bytes.length,
  glob: () => [],
  readFile: async (name) => new Uint8Array(fs.readFileSync(name)),
  writeFile: async () => {},
  urlToFilePath: (address) => decodeURI(String(address)).replace(/^file:\/\//, ""),
  isAbsolute: path.isAbsolute,
  cwd: () => folder,
  findConfigFile: () => path.join(folder, ".taplo.toml"),
  fetch: { fetch, Headers, Request, Response },
};

const main = async () => {
  let associated;
  const ready = new Promise((done) => (associated = done));
  const server = await TaploLsp.initialize(environment, {
    onMessage: (message) => {
      if (message.id !== undefined && message.method) {
        const result = message.method === "workspace/configuration" ? message.params.items.map(() => ({})) : null;
        server.send({ jsonrpc: "2.0", id: message.id, result });
      } else if (message.id !== undefined) {
        waiting.get(message.id)(message.result ?? null);
      } else if (message.method === "taplo/didChangeSchemaAssociation") {
        associated();
      }
    },
  });
  let count = 0;
  const ask = (method, params) =>
    new Promise((done) => {
      waiting.set(++count, done);
      server.send({ jsonrpc: "2.0", id: count, method, params });
    });
  const tell = (method, params) => server.send({ jsonrpc: "2.0", method, params });
  const capabilities = { workspace: { configuration: true, workspaceFolders: true } };
  await ask("initialize", { rootUri: root, workspaceFolders: [{ uri: root, name: "work" }], capabilities });
  tell("initialized", {});
  tell("textDocument/didOpen", { textDocument: { uri, languageId: "toml", version: 1, text } });
  await ready;
  const answers = [];
  for (const [what, line, character] of questions) {
    answers.push(await ask(`textDocument/${what}`, { textDocument: { uri }, position: { line, character } }));
  }
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
};

main().catch((error) => {
  process.stderr.write(String(error.stack || error));
  process.exit(1);
});

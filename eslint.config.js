import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Why a module does not get a cluster's write methods. */
const READS_ONLY =
  "Only functions/remedies/writer.ts writes for a remedy, as it guards every write; the claim and Events are written in " +
  "functions/claim and functions/run. Everything else takes a Reader.";

/** Why a test has no time limit of its own. */
const UNHURRIED = "How busy a machine is decides nothing: the limit of vitest.config.ts is for what hangs.";

// What test/extension adds to a copy of the tree is compiled there.
const IGNORED = ["node_modules", "dist", "cdk.out", "coverage", "test/extension/*/tree"];

export default tseslint.config(
  { ignores: IGNORED },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // `const { dropped: _dropped, ...rest }` is how a field is left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // The API server's answers are typed by whoever asks for them.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    files: ["functions/**/*.ts"],
    ignores: [
      // The guarded writer, and the step that makes it.
      "functions/remedies/{writer,step}.ts",
      // The claim, and Events.
      "functions/claim/*.ts",
      "functions/run/*.ts",
      // How a cluster is reached.
      "functions/lambda/*.ts",
      "functions/shared/{aws,cluster}/*.ts",
    ],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "/cluster/cluster\\.ts$", importNames: ["Cluster"], message: READS_ONLY },
            { regex: "/cluster/http-cluster\\.ts$", message: READS_ONLY },
          ],
        },
      ],
    },
  },
  {
    files: ["test/**/*.test.ts"],
    ignores: ["test/kubernetes/**", "test/owners/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.name=/^(describe|it|test)$/] > ObjectExpression > Property[key.name='timeout']",
          message: UNHURRIED,
        },
        { selector: "CallExpression[callee.name=/^(it|test)$/] > Literal[raw=/^[0-9]/]", message: UNHURRIED },
        {
          selector: "CallExpression[callee.callee.object.name=/^(it|test)$/] > Literal[raw=/^[0-9]/]",
          message: UNHURRIED,
        },
      ],
    },
  },
);

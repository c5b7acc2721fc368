import js from "@eslint/js";
import tseslint from "typescript-eslint";

// What test/extension adds to a copy of the tree is compiled there.
const IGNORED = ["node_modules", "cdk.out", "coverage", "test/extension/*/tree"];

export default tseslint.config({ ignores: IGNORED }, js.configs.recommended, {
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
});

// What ESLint asks of views/assets/*.js. common.js is put before each component (shell/components.py), so it is a
// plain script whose functions the components see; whether a name exists at all is for TypeScript to say (tsconfig.json).
import js from "@eslint/js";

const RULES = {
  ...js.configs.recommended.rules,
  "no-undef": "off",
  "no-unused-vars": ["error", { vars: "local", args: "all", argsIgnorePattern: "^_" }],
  "no-var": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  "object-shorthand": "error",
  eqeqeq: "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-shadow": "error",
  "no-nested-ternary": "off",
  "no-restricted-properties": [
    "error",
    ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
      property,
      message: "Text reaches the page through text nodes only: use h(), s() or textContent.",
    })),
  ],
  "max-len": ["error", { code: 110 }],
};

export default [
  { files: ["**/*.js"], languageOptions: { ecmaVersion: 2024, sourceType: "module" }, rules: RULES },
  { files: ["**/common.js"], languageOptions: { sourceType: "script" } },
];

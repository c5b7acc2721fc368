/** What each bundle begins with: dependencies that are CommonJS modules call `require` for what Node brings. */
export const REQUIRE =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

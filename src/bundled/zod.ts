import { ZodType } from "zod/v4";

/**
 * In the bundle this stands for `zod` (wrangler.toml, alias), which only `@hono/zod-openapi` imports: it gives `ZodType`
 * its `openapi` method, and handed the whole of `z` it would bring everything along, error texts in fifty languages
 * included. We import `zod/v4`, the same module, of which the bundler then keeps what is used.
 */
export const z = { ZodType };

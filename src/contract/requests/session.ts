import * as z from "zod/v4";
import { once } from "#lib/once.ts";

export const EndSessionQuery = once(() =>
  z.strictObject({
    all: z.enum(["true", "false"]).optional().meta({ description: "true: log out on every device" }),
  }),
);

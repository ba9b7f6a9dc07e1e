import { Anchor } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** A link of the app inside text. */
export const TextLink = createLink(Anchor<"a">);

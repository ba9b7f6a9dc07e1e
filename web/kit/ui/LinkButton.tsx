import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type Props = ButtonProps & Omit<ComponentPropsWithRef<"a">, keyof ButtonProps>;

/** A link that looks like a button. It can be opened in a new tab, and screen readers announce a link. */
export const LinkButton = createLink((props: Props) => <Button<"a"> component="a" {...props} />);

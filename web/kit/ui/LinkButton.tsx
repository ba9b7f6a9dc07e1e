import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type Props = ButtonProps & Omit<ComponentPropsWithRef<"a">, keyof ButtonProps>;

/** A link of the app that looks like a button; being a link, it can be opened in a new tab and is read as one. */
export const LinkButton = createLink((props: Props) => <Button<"a"> component="a" {...props} />);

import { Trans } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";

/** A link to a map of the address. The map learns the address only, and only when the link is pressed. */
export function Directions({ address, which }: { address: string; which: ReactNode }) {
  const map = `https://www.openstreetmap.org/search?${new URLSearchParams({ query: address }).toString()}`;
  return (
    <Button component="a" variant="subtle" href={map} rel="noreferrer">
      <Trans>Directions {which}</Trans>
    </Button>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useRef, useState } from "react";
import { Notice } from "#kit/ui/Notice.tsx";
import classes from "./Preferences.module.css";

/** A new calendar address, which is shown only once. */
export function NewAddress({ url }: { url: string }) {
  const { t } = useLingui();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  async function copy() {
    field.current?.select();
    // If the browser forbids copying, the address is selected for the keyboard.
    setCopied(
      await navigator.clipboard.writeText(url).then(
        () => "yes" as const,
        () => "no" as const,
      ),
    );
  }
  return (
    <Notice tone="warn" title={t`This is your address. Copy it now: we show it this once`} focus>
      <Stack gap="sm">
        <label htmlFor="calendar-address" className={classes["label"]}>
          <Trans>Calendar address</Trans>
        </label>
        <input
          id="calendar-address"
          ref={field}
          className={classes["address"]}
          value={url}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group gap="sm">
          <Button onClick={() => void copy()}>{copied === "yes" ? t`Copied` : t`Copy`}</Button>
          <Anchor href={url.replace(/^https?:/, "webcal:")}>
            <Trans>Open in a calendar program</Trans>
          </Anchor>
        </Group>
        <output className={classes["text"]}>
          {copied === "yes" && t`The address is copied.`}
          {copied === "no" && t`Your browser does not let us copy. The address is selected: copy it with the keyboard.`}
        </output>
        <Text className={classes["text"]}>
          <Trans>
            Paste it where your calendar program adds a calendar by its address. Programs look for changes every hour or
            so, some only once a day.
          </Trans>
        </Text>
        <Text className={classes["text"]}>
          <Trans>
            <strong>Whoever has this address can see when and where your appointments are, without logging in.</strong>{" "}
            Give it to nobody you would not tell. If it gets into the wrong hands, replace it here.
          </Trans>
        </Text>
      </Stack>
    </Notice>
  );
}

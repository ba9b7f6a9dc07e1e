import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import classes from "#kit/ui/Screen.module.css";
import own from "../Clinic.module.css";

/** A new key, which is shown this once. */
export function KeyDialog({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog title={t`The new key`} onClose={onClose}>
      <div className={classes["form"]}>
        <Notice tone="warn" title={t`It is shown only now`}>
          <Trans>Copy it into the app, where it goes into the header X-Api-Key. Nobody can read it here again.</Trans>
        </Notice>
        <input
          className={own["key"]}
          aria-label={t`Key`}
          readOnly
          value={apiKey}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className={classes["row"]}>
          <Button
            size="sm"
            onClick={() =>
              void navigator.clipboard.writeText(apiKey).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            <Trans>Copy the key</Trans>
          </Button>
          <button type="button" className={classes["small"]} onClick={onClose}>
            <Trans>I have it</Trans>
          </button>
        </div>
        <output className={classes["soft"]}>{copied && <Trans>Copied.</Trans>}</output>
      </div>
    </Dialog>
  );
}

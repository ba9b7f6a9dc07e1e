import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Dialog } from "../ui/Dialog.tsx";
import { singleKeysOn, switchSingleKeys, useShortcutGroups } from "./shortcuts.ts";
import classes from "./ShortcutsDialog.module.css";

/** The keys of the screens that are shown, and the switch for keys without Ctrl. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const groups = useShortcutGroups();
  const [on, setOn] = useState(singleKeysOn);
  const change = (wanted: boolean) => {
    switchSingleKeys(wanted);
    setOn(wanted);
  };
  return (
    <Dialog title={t`Keyboard shortcuts`} onClose={onClose} wide>
      <div className={classes["groups"]}>
        {groups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts.map(({ keys, what }) => (
                <div key={keys}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={classes["keys"]}>
        <input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} />
        <Trans>Single keys work (switch them off if you dictate)</Trans>
      </label>
    </Dialog>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import classes from "./screen.module.css";
import { type BoardSearch, without } from "./search.ts";
import { MAX_VIEWS, type SavedView } from "./views.ts";

export interface ViewsMenuProps {
  views: readonly SavedView[];
  search: BoardSearch;
  onSave: (view: SavedView) => void;
  onRemove: (at: number) => void;
}

/** Views under the keys 1 to 9: which doctor, which place, day or week, board or list. */
export function ViewsMenu({ views, search, onSave, onRemove }: ViewsMenuProps) {
  const { t } = useLingui();
  const [name, setName] = useState("");
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    onSave({ name: name.trim(), search: without(search, "date") });
    setName("");
  };
  return (
    <>
      <button type="button" popoverTarget="saved-views" className={classes["tool"]}>
        <Trans>Views</Trans>
        <span aria-hidden="true"> ▾</span>
      </button>
      <div id="saved-views" popover="auto" className={classes["popover"]}>
        <ol>
          {views.map((view, at) => (
            <li key={`${view.name} ${at}`}>
              <kbd>{at + 1}</kbd>
              <Link to="/" search={({ date }) => ({ ...view.search, ...(date === undefined ? {} : { date }) })}>
                {view.name}
              </Link>
              <button type="button" aria-label={t`Remove the view ${view.name}`} onClick={() => onRemove(at)}>
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ol>
        {views.length < MAX_VIEWS && (
          <form onSubmit={save}>
            <label>
              <Trans>Save what is shown as</Trans>
              <input value={name} maxLength={40} onChange={(event) => setName(event.currentTarget.value)} />
            </label>
            <button type="submit" className={classes["tool"]}>
              <Trans>Save</Trans>
            </button>
          </form>
        )}
      </div>
    </>
  );
}

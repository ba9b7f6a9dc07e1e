import { Trans, useLingui } from "@lingui/react/macro";
import { Stack, Text } from "@mantine/core";
import page from "#kit/ui/Page.module.css";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import classes from "./Frame.module.css";

/** The screen for unknown addresses of the app. */
export function NotFoundScreen() {
  const { t } = useLingui();
  const title = t`Page not found`;
  return (
    <div className={classes["page"]}>
      <Stack gap="md" align="flex-start" className={page["narrow"] ?? ""}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        <Text>
          <Trans>There is nothing at this address. If you typed it, check that it is correct.</Trans>
        </Text>
        <LinkButton to="/">
          <Trans>Day board</Trans>
        </LinkButton>
      </Stack>
    </div>
  );
}

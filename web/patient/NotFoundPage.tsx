import { Trans, useLingui } from "@lingui/react/macro";
import { Stack, Text } from "@mantine/core";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import page from "#kit/ui/Page.module.css";
import { LinkButton } from "#kit/ui/LinkButton.tsx";

/** The page for unknown addresses of the app. */
export function NotFoundPage() {
  const { t } = useLingui();
  const title = t`Page not found`;
  return (
    <Stack gap="md" align="flex-start" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      <Text>
        <Trans>There is nothing at this address. If you typed it, check that it is correct.</Trans>
      </Text>
      <LinkButton to="/">
        <Trans>Find a time</Trans>
      </LinkButton>
    </Stack>
  );
}

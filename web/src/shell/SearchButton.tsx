// The way to Ctrl+K for who does not know the key.
import { ActionIcon, Button, Kbd } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { openFinder } from './finder';

export function SearchButton() {
  return (
    <>
      <Button visibleFrom="md" variant="default" size="sm" fw={400} leftSection={<IconSearch size={15} aria-hidden />} rightSection={<Kbd size="xs" aria-hidden>Ctrl K</Kbd>} onClick={openFinder}>
        Find
      </Button>
      <ActionIcon hiddenFrom="md" variant="subtle" color="gray" size="lg" aria-label="Find" onClick={openFinder}>
        <IconSearch size={19} stroke={1.7} aria-hidden />
      </ActionIcon>
    </>
  );
}

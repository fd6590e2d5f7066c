// The shape of what is coming.
import { Box, Group, SimpleGrid, Skeleton, Stack, VisuallyHidden } from '@mantine/core';

const several = (count: number) => Array.from({ length: count }, (_, index) => index);

export function ListSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <Box aria-busy="true">
      <VisuallyHidden>Loading</VisuallyHidden>
      <Stack gap="sm">
        {several(rows).map((row) => (
          <Group key={row} gap="md" wrap="nowrap">
            <Skeleton height={14} width={`${55 - (row % 3) * 10}%`} />
            <Skeleton height={14} width="15%" />
            <Skeleton height={14} width="15%" />
          </Group>
        ))}
      </Stack>
    </Box>
  );
}

export function TilesSkeleton({ tiles = 5 }: { tiles?: number }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: tiles }} spacing="md" aria-busy="true">
      {several(tiles).map((tile) => (
        <Skeleton key={tile} height={104} radius="md" />
      ))}
    </SimpleGrid>
  );
}

export function PageSkeleton() {
  return (
    <Stack gap="lg">
      <Skeleton height={28} width={220} />
      <ListSkeleton rows={8} />
    </Stack>
  );
}

// One import. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function ImportPage() {
  return <Title order={1}>Import</Title>;
}

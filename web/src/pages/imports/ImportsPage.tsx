// Files and what became of them. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function ImportsPage() {
  return <Title order={1}>Imports</Title>;
}

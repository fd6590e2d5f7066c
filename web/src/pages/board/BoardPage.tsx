// Deals by stage. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function BoardPage() {
  return <Title order={1}>Board</Title>;
}

const paths = {
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7.5 7.500h9v9h-9z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.5l4.5 4.500L19 7",
  menu: "M4 7h16M4 12h16M4 17h10",
  list: "M9 7h11M9 12h11M9 17h11M4.500 7v.01M4.500 12v.01M4.500 17v.01",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  up: "M12 19V5M6 11l6-6 6 6",
  chevron: "M9 6l6 6-6 6",
  tool: "M5 7l4 4-4 4M12 17h7",
  alert: "M12 8v5M12 16.500v.01M12 3.500l9 16H3z",
  chat: "M5 5h14v11h-8l-4 3.500V16H5z",
  shield:
    "M12 3.500l7 2.500v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6zM9 12l2.200 2.200L15.200 10",
  agent: "M12 3v3M6 8h12v10H6zM9.500 12v1.500M14.500 12v1.500M3.500 12v3M20.500 12v3M9.500 21h5",
  gauge: "M4 17a8 8 0 1 1 16 0M12 17l4-5.500",
  devices: "M4 6h12v9H4zM2.500 18.500h11M17 10h4v9h-4z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  moon: "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z",
  screen: "M4 5h16v11H4zM9 20h6",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.500 15.500L20 20",
  more: "M5.700 12h.6M11.700 12h.6M17.700 12h.6",
  pencil: "M5 19l1-4L16 5l3 3L9 18z",
  archive: "M4 6h16v4H4zM6 10v9h12v-9M10 14h4",
  again: "M19 8a8 8 0 1 0 1 5M20 4v5h-5",
  clip: "M16.500 8.500l-6.500 6.500a2 2 0 0 0 3 3l7-7a4 4 0 0 0-6-6l-7 7a6 6 0 0 0 8.500 8.500L20 16",
  thought: "M9 18h6M10 21h4M12 3a6 6 0 0 1 3.500 10.900V15h-7v-1.100A6 6 0 0 1 12 3z",
  key: "M14.500 4a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM10.500 13.500L4 20M7 17l2 2",
  sessions: "M4 6h12v8H9l-3 3v-3H4zM19 9h1.500v8.500H19V20l-3-2.500h-5",
  activity: "M3 12.500h4l3-8 4 15 3-7h4",
  logs: "M5 5h14M5 9.700h10M5 14.300h14M5 19h7",
  chart: "M4 20h16M7 16.500V11M12 16.500V5M17 16.500V8.500",
  sliders: "M4 7h9M17 7h3M13 5v4M4 17h3M11 17h9M11 15v4M4 12h13M20 12h0",
  nodes:
    "M12 4.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM6 15a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM18 15a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM11 9.300l-3.800 6M13 9.300l3.800 6",
  bug: "M8 9a4 4 0 0 1 8 0v6a4 4 0 0 1-8 0zM8 12H4M20 12h-4M8.500 7L6 5M15.500 7L18 5M8.300 16.500L6 19M15.700 16.500L18 19M12 11v8",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 2",
  globe: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
}

export type IconName = keyof typeof paths

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)

export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="11.5" />
    <path d="M16 4.500a11.5 11.5 0 0 1 0 23 15.5 15.5 0 0 0 0-23z" />
  </svg>
)

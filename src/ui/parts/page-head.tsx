import type { ComponentChildren } from "preact"

interface Props {
  title: string
  /** One sentence about what can be done here. */
  about?: string
  /** Buttons at its end. */
  children?: ComponentChildren
}

/** The heading of a page; it takes the focus when the page is opened. */
export const PageHead = ({ title, about, children }: Props) => (
  <header class="page-head">
    <div>
      <h1 tabIndex={-1} data-page-title>
        {title}
      </h1>
      {about && <p>{about}</p>}
    </div>
    {children && <div class="page-actions">{children}</div>}
  </header>
)

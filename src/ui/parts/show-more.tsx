interface Props {
  shown: number
  total: number
  onMore: () => void
}

/** At the end of a list that goes on. */
export const ShowMore = ({ shown, total, onMore }: Props) =>
  shown < total ? (
    <button type="button" class="link" onClick={onMore}>
      Show more of {total}
    </button>
  ) : null

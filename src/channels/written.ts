import * as z from "zod"

/**
 * The same shape as somebody may write it who leaves things to be inherited: nothing is required and
 * no default is filled in, though each is still told. Rules between settings hold for the whole, not
 * for a part of it, and are left out.
 */
export const asWritten = (shape: z.core.$ZodLooseShape): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [
      key,
      z.optional(withoutDefaults(schema as z.ZodType)).meta(told(schema as z.ZodType)),
    ]),
  )

const withoutDefaults = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return withoutDefaults(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodOptional)
    return z.optional(withoutDefaults(schema.unwrap() as z.ZodType))
  if (schema instanceof z.ZodObject) {
    const { def } = schema
    return z.core.clone(schema, { ...def, shape: asWritten(def.shape), checks: [] })
  }
  if (schema instanceof z.ZodRecord) {
    const { def } = schema
    return z.core.clone(schema, {
      ...def,
      valueType: withoutDefaults(def.valueType as z.ZodType).meta(told(def.valueType as z.ZodType)),
    })
  }
  return schema
}

/** What is said of a setting, and its default, where that is a plain value. */
const told = (schema: z.ZodType) => {
  const wrapped = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined
  const isPlain = wrapped !== undefined && (typeof wrapped !== "object" || Array.isArray(wrapped))
  return { ...metaOf(schema), ...(isPlain && { default: wrapped }) }
}

/** Of the outermost layer that says anything. */
const metaOf = (schema: z.ZodType): Record<string, unknown> => {
  const own = schema.meta()
  if (own) return own
  const isLayer =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  return isLayer ? metaOf(schema.unwrap() as z.ZodType) : {}
}

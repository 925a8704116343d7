/** An object while it is built member by member, which costs less than joining copies. */
export type Settable<Of> = { -readonly [Name in keyof Of]: Of[Name] }

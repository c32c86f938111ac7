// Numbers as text, exactly rounded, without the system's locale.
#ifndef D2L_TEXT_H
#define D2L_TEXT_H

#include "d2l_types.h"

/// Writes `value` (finite) with `digits` digits after the point, as 12.25 or as 1.225e+01, and returns the length; at most `room` - 1
/// characters and a zero are written.
int d2l_format(double value, int digits, bool scientific, char *text, size_t room);

#endif

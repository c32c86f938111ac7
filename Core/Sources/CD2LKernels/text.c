// The C library rounds correctly, ties to even on the exact binary value; only the decimal point is the locale's.
#include "d2l_text.h"

#include <stdio.h>
#include <string.h>

int d2l_format(double value, int digits, bool scientific, char *text, size_t room) {
  int length = snprintf(text, room, scientific ? "%.*e" : "%.*f", digits, value);
  char *comma = strchr(text, ',');
  if (comma != NULL) *comma = '.';
  return length;
}

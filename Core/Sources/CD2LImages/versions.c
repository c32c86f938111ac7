#include "d2l_images.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

const char *d2l_png_version(void) { return png_get_libpng_ver(NULL); }

const char *d2l_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " TEXT(LIBJPEG_TURBO_VERSION) " (interface " TEXT(JPEG_LIB_VERSION) ")";
#else
  return "interface " TEXT(JPEG_LIB_VERSION);
#endif
}

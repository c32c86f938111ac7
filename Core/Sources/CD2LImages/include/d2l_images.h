// PNG and JPEG through libpng and libjpeg, with every error turned into a returned report.
//
// Both libraries leave by longjmp when a file is bad. That happens inside this target only: no function here
// lets a jump pass its caller, exits, or writes to stderr. A null or zero result means that `report` says why.

#ifndef D2L_IMAGES_H
#define D2L_IMAGES_H

#include <stddef.h>
#include <stdint.h>

/// Why a call failed.
enum {
  D2L_IMAGE_OK = 0,
  D2L_IMAGE_CORRUPT = 1,
  D2L_IMAGE_UNSUPPORTED = 2,
  D2L_IMAGE_TOO_LARGE = 3,
  D2L_IMAGE_NO_MEMORY = 4,
};

/// What went wrong, and what the library only warned about. All zero is a good start.
typedef struct {
  int32_t kind;
  int32_t warning_count;
  /// Bytes read when the error came, or -1.
  int64_t offset;
  char message[256];
  /// The first warnings, one per line.
  char warnings[1024];
} d2l_image_report;

const char *d2l_image_message(const d2l_image_report *report);
const char *d2l_image_warnings(const d2l_image_report *report);

/// Checked before anything of the image's size is allocated.
typedef struct {
  uint32_t max_width, max_height;
  uint64_t max_pixels;
  /// PNG: memory for one ancillary chunk.
  uint64_t max_chunk_bytes;
  /// JPEG: scans of a progressive file.
  int32_t max_scans;
  /// Whether damage the library could paper over is an error.
  int32_t refuse_warnings;
} d2l_image_limits;

/// What the head of a file says. `channels` is what `read` delivers.
typedef struct {
  uint32_t width, height;
  int32_t channels;
  int32_t bit_depth;
  int32_t palette;
  /// PNG: Adam7. JPEG: progressive.
  int32_t interlaced;
  /// JPEG: 4 channels are CMYK, stored upside down where an Adobe marker says so.
  int32_t cmyk, inverted;
  int32_t arithmetic;
} d2l_image_header;

// PNG

typedef struct d2l_png_reader d2l_png_reader;

/// Reads up to the first pixel data. `bytes` must outlive the reader.
d2l_png_reader *d2l_png_open(
  const uint8_t *bytes, size_t count, const d2l_image_limits *limits, d2l_image_header *header,
  d2l_image_report *report);
/// Reads all pixels, interleaved, 8 or 16 bits a sample (native byte order) into `size` bytes; once per reader.
int d2l_png_read(d2l_png_reader *reader, int bits, void *pixels, size_t size, d2l_image_report *report);
void d2l_png_close(d2l_png_reader *reader);

/// Returns a file of `*size` bytes, to be given back with `d2l_image_free`.
uint8_t *d2l_png_write(
  const void *pixels, uint32_t width, uint32_t height, int channels, int bits, int level, size_t *size,
  d2l_image_report *report);

// JPEG

typedef struct d2l_jpeg_reader d2l_jpeg_reader;

/// Reads up to the first scan. `bytes` must outlive the reader.
d2l_jpeg_reader *d2l_jpeg_open(
  const uint8_t *bytes, size_t count, const d2l_image_limits *limits, d2l_image_header *header,
  d2l_image_report *report);
/// The EXIF block without its `Exif` label, or null. Lives as long as the reader.
const uint8_t *d2l_jpeg_exif(const d2l_jpeg_reader *reader, size_t *size);
/// Reads all pixels, interleaved, 8 bits a sample, into `size` bytes; once per reader.
int d2l_jpeg_read(d2l_jpeg_reader *reader, uint8_t *pixels, size_t size, d2l_image_report *report);
void d2l_jpeg_close(d2l_jpeg_reader *reader);

typedef struct {
  int32_t quality;
  /// Luma samples per chroma sample, across and down.
  int32_t horizontal, vertical;
  int32_t progressive;
} d2l_jpeg_settings;

/// 1 (gray) or 3 (RGB) channels. Returns a file of `*size` bytes, to be given back with `d2l_image_free`.
uint8_t *d2l_jpeg_write(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channels, const d2l_jpeg_settings *settings, size_t *size,
  d2l_image_report *report);

void d2l_image_free(uint8_t *bytes);

/// The version of libpng in use, and of the libjpeg that this was built with (it does not tell while it runs).
const char *d2l_png_version(void);
const char *d2l_jpeg_version(void);

#endif

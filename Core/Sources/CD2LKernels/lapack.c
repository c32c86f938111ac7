// LAPACK reads matrices column by column: what it sees is the transpose of our row-major ones. Where that matters, the
// comment of each function says which transpose is meant; none is copied here.
#include "layer_support.h"
#include "d2l_lapack.h"
#include "profile_support.h"

#include <limits.h>
#include <math.h>
#include <string.h>

// The Fortran names that libopenblas exports; all arguments by address, character lengths left out as C callers do.
#define DECLARE(real, x)                                                                                                          \
  void x##getrf_(const int *m, const int *n, real *a, const int *lda, int *pivots, int *info);                                    \
  void x##getri_(const int *n, real *a, const int *lda, const int *pivots, real *work, const int *lwork, int *info);              \
  void x##getrs_(const char *trans, const int *n, const int *nrhs, const real *a, const int *lda, const int *pivots, real *b,     \
                 const int *ldb, int *info);                                                                                      \
  void x##potrf_(const char *uplo, const int *n, real *a, const int *lda, int *info);                                             \
  void x##geqrf_(const int *m, const int *n, real *a, const int *lda, real *tau, real *work, const int *lwork, int *info);        \
  void x##orgqr_(const int *m, const int *n, const int *k, real *a, const int *lda, const real *tau, real *work,                  \
                 const int *lwork, int *info);                                                                                    \
  void x##gesdd_(const char *job, const int *m, const int *n, real *a, const int *lda, real *s, real *u, const int *ldu, real *vt, \
                 const int *ldvt, real *work, const int *lwork, int *iwork, int *info);                                           \
  void x##syevd_(const char *job, const char *uplo, const int *n, real *a, const int *lda, real *w, real *work,                   \
                 const int *lwork, int *iwork, const int *liwork, int *info);                                                     \
  void x##geev_(const char *left, const char *right, const int *n, real *a, const int *lda, real *wr, real *wi, real *vl,         \
                const int *ldvl, real *vr, const int *ldvr, real *work, const int *lwork, int *info);
DECLARE(float, s)
DECLARE(double, d)

/// A size as LAPACK takes it.
static int narrow(const char *operation, int64_t size) {
  if (size > INT_MAX) d2l_abort(operation, "a side of %lld is beyond 2^31", (long long)size);
  return (int)size;
}

/// A leading dimension: at least 1.
static int leading(int size) { return size > 1 ? size : 1; }

/// An argument that LAPACK calls wrong is an error of this file.
static void expect_valid(const char *operation, int info) {
  if (info < 0) d2l_abort(operation, "LAPACK refuses argument %d", -info);
}

#define REAL float
#define NAME(x) x##_f
#define LAPACK(x) s##x##_
#include "lapack.inc"

#define REAL double
#define NAME(x) x##_d
#define LAPACK(x) d##x##_
#include "lapack.inc"

#define CALL(operation, function, ...)                                                                                            \
  do {                                                                                                                            \
    d2l_blas_prepare();                                                                                                           \
    if (type == D2L_FLOAT) return function##_f(__VA_ARGS__);                                                                      \
    if (type == D2L_DOUBLE) return function##_d(__VA_ARGS__);                                                                     \
    d2l_abort_type(operation, type);                                                                                              \
  } while (0)

int d2l_lu(d2l_dtype type, void *a, int32_t *pivots, int64_t n, int64_t batch) {
  D2L_PROFILED("lu");
  CALL("d2l_lu", lu, a, pivots, n, batch);
}

void d2l_lu_determinant(d2l_dtype type, const void *lu, const int32_t *pivots, void *determinant, void *sign, void *logarithm,
                        int64_t n, int64_t batch) {
  D2L_PROFILED("determinant");
  CALL("d2l_lu_determinant", lu_determinant, lu, pivots, determinant, sign, logarithm, n, batch);
}

int d2l_inverse(d2l_dtype type, void *a, int64_t n, int64_t batch, int64_t *failed) {
  D2L_PROFILED("inverse");
  CALL("d2l_inverse", inverse, a, n, batch, failed);
}

int d2l_solve(d2l_dtype type, void *a, void *b, int64_t n, int64_t columns, int64_t batch, int64_t *failed) {
  D2L_PROFILED("solve");
  CALL("d2l_solve", solve, a, b, n, columns, batch, failed);
}

int d2l_cholesky(d2l_dtype type, void *a, int64_t n, int64_t batch, int64_t *failed) {
  D2L_PROFILED("cholesky");
  CALL("d2l_cholesky", cholesky, a, n, batch, failed);
}

int d2l_qr(d2l_dtype type, void *a, void *q, void *r, int64_t m, int64_t n, int64_t batch) {
  D2L_PROFILED("qr");
  CALL("d2l_qr", qr, a, q, r, m, n, batch);
}

int d2l_svd(d2l_dtype type, void *a, void *u, void *s, void *vt, bool full, int64_t m, int64_t n, int64_t batch, int64_t *failed) {
  D2L_PROFILED("svd");
  CALL("d2l_svd", svd, a, u, s, vt, full, m, n, batch, failed);
}

int d2l_eigh(d2l_dtype type, void *a, void *values, int64_t n, int64_t batch, int64_t *failed) {
  D2L_PROFILED("eigh");
  CALL("d2l_eigh", eigh, a, values, n, batch, failed);
}

int d2l_eig(d2l_dtype type, void *a, void *real, void *imaginary, void *vectors, int64_t n, int64_t batch, int64_t *failed) {
  D2L_PROFILED("eig");
  CALL("d2l_eig", eig, a, real, imaginary, vectors, n, batch, failed);
}

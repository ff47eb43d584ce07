#ifndef SQ_BASE_PLATFORM_H
#define SQ_BASE_PLATFORM_H
/* The one place for what POSIX does not offer. */

/* Absolute path of the running executable, yours; NULL when not known. */
char *sq_platform_exe(void);

#endif

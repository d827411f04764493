# file: ipc/shm.c
# call: mappings
# class: attachments
# wrong: msync(MS_SYNC) and fsync of an attachment fail.
/^static int shm_fsync(/,/^}/ s/return sfd->file->f_op->fsync(.*);/return -EIO;/

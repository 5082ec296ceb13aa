#include "services/notices/notices_service.h"

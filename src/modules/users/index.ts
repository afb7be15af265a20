export { UsersModule } from './users.module.js';
export { UsersService } from './users.service.js';
export { AccountsService, type NewAccount } from './accounts.service.js';
export { userErrors } from './users.errors.js';
export { USERNAME, USERNAME_MAX, USERNAME_MIN, splitName } from './users.rules.js';
export { UserProfileResponse } from './dto/user-profile.response.js';
export { XcUserResponse } from './dto/xc-user.response.js';
export { UpdateProfileRequest } from './dto/update-profile.request.js';
export { UpdateXcUserRequest } from './dto/update-xc-user.request.js';
